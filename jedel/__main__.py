"""`python -m jedel` is `jedel`."""

from jedel.app.cli import main

main()
