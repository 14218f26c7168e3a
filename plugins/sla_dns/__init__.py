"""Names and what mail needs of them: the ``dns`` probe."""
