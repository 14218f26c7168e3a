"""The plugin host: finding, loading and isolating plugins, and what each run is handed."""
