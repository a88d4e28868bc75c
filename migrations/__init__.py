"""The database's history, one step per room; written in SQL."""
