"""Other right ways to write the exercises of `training`."""
