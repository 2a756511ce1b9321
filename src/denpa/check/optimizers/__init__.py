"""An optimizer's update against its definition."""
