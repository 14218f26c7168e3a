"""Who may send mail of a domain: its SPF record, read and evaluated by RFC 7208."""
