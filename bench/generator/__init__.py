"""A made-up graph of city diplomacy in the terms and shapes of the real one, of any size."""
