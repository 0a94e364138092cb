"""Learning: models, meta-labels, calibration, thresholds, and the one fit used by training and by every fold."""
