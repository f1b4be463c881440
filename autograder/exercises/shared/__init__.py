"""What several assignments use to draw inputs, call objects and follow a mistake through."""
