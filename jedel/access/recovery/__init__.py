"""Who lost the passkey or the phone is let in again by a second person."""
