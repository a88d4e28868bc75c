"""A site's cameras against what is required of them."""
