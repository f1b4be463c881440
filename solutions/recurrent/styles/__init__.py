"""The recurrent network in other right styles."""
