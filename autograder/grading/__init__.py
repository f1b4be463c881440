"""An address that course folders made before December 2026 name in their configuration."""
