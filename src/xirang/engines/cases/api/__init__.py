"""The open interfaces of cases: JSON below /api/, and Open311 GeoReport v2."""
