"""Acceptance sampling by attributes and by variables, as plain functions over tables.

Imports no web framework, and scipy only in the modules that need a distribution, so that looking up a plan stays cheap.
Those name it in full after `import scipy`, which loads `scipy.stats` and its like when one is first used.
"""

from .errors import MESSAGES, SamplingError
from .plans import Plan, Stage, at_least_as_strict, find_plan
from .schemes import Scheme

__all__ = ["MESSAGES", "Plan", "SamplingError", "Scheme", "Stage", "at_least_as_strict", "find_plan"]
