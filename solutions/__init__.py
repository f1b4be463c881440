"""The reference implementations, one module an assignment; they stay with those who teach."""
