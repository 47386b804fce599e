"""Run the command line as ``python -m citydip``."""

from citydip.cli.main import main

main()
