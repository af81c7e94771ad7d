"""How good it is: the fixed question set, measures, baselines, reports and the gate."""
