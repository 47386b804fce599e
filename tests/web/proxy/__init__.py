"""The service behind each of the proxies that deploy/ has a configuration for."""
