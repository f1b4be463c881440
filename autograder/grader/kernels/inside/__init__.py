"""All that runs within a student's sandbox, beside what the wheel holds."""
