"""From the chapters and the references to what others get: the course, its data, its notebooks."""
