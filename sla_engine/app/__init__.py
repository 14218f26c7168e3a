"""What puts the rooms together: the engine and the web in one process, and the demonstration of both."""
