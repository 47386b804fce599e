"""The command line: parse, call a service, print (floor 3)."""
