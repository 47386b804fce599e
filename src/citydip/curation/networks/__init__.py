"""The network of ties between cities as the build measures and publishes it; services measure parts of it."""
