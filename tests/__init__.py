"""Journeys in real browsers, guards over the whole system, and what all tests share."""
