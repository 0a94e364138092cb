"""Where and how work runs: executors, progress, and the frame around every stage."""
