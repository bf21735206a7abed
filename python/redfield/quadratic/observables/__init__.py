"""Observables of a covariance matrix: densities, currents along bonds, entropies."""
