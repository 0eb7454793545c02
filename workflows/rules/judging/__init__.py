"""How a successor is judged beside the model it replaces: evidence that may be looked at whenever one likes.

In the order of a migration:
    calibration, freezing, contract, tolerance   what the old model does against itself, and did before anything moved
    comparing, decisions, groups                 recorded inputs, given to both: form, fields, decisions, bias
    pairs                                        copies of calls: bad on one of them only
    gates, looks, verdicts                       calls that were split, from counters, up to all of them
    drift, freshness                             before each increase, and after
    saying                                       all of it in plain sentences
Below them are evidence, the e-process, and exact, tests of what is looked at once.
"""
