"""An exercise begun, and an assignment proved: what whoever writes one is given and told."""
