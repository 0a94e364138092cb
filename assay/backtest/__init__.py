"""What the predictions would have earned: execution, costs, sizing and limits."""
