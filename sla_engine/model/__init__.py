"""The vocabulary of service-level agreements, as values.

Everything here is a frozen class or a pure function; nothing knows of files, clocks, databases or plugins.
"""
