"""Help desks that exist already: their tickets' clocks are kept here, and nobody is written to about them."""
