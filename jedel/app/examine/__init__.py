"""The checks of `jedel doctor`, by what they look at."""
