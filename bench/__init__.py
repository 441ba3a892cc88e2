"""What is measured, on generated data, against bars. docs/bench.md says how to run and read it."""
