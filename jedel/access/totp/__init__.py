"""One-time passwords by an app on the phone (TOTP, RFC 6238): the second factor beside a password."""
