"""Maintenance: what of it is announced to whom and when, what proves that, and what everybody may see of it."""
