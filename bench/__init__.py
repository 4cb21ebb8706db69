"""How fast it is: `python -m bench` measures and prints a table. Never a test, for times are the machine's own."""
