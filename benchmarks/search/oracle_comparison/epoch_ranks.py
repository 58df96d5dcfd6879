"""How well a network's rank after few epochs foretells its rank after all."""

from benchmarks.search.oracle_comparison.compared_oracles import Table


def rank_correlations(table: Table) -> list[float]:
    """Return Spearman's correlation, after each epoch, with the best accuracy of a training with another seed.

    Args:
        table: trainings of each network with two seeds.
    """
    from scipy.stats import spearmanr

    pairs = [[trainings[seed].curves["val_accuracy"] for seed in sorted(trainings)] for trainings in table.values()]
    final = [max(other) for _, other in pairs]
    return [float(spearmanr([one[epoch] for one, _ in pairs], final)[0]) for epoch in range(len(pairs[0][0]))]
