"""Signing in by a department's own identity provider (OpenID Connect)."""
