"""The service on HTTP: parse, call a service, answer (floor 3). The only package that knows FastAPI."""
