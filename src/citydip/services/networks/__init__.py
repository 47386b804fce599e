"""The network of ties between cities: chosen by type, grade, country and date, measured, and drawn."""
