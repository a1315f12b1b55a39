"""The parts of loadtest/compare."""
