"""Announcements of maintenance in the formats that other programs read: JSON, Atom and iCalendar."""
