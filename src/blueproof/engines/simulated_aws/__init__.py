"""An AWS that is none: generated infrastructure is applied to it, and its roles are tried."""
