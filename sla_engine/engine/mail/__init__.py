"""Support by mail: mails are taken from a server or a mailbox, read with trust in nobody, and become tickets."""
