import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, negSampleWordIndices):
    """ Negative sampling loss function for word2vec models

    Return:
    loss, gradCenterVec, gradOutsideVecs
    """
    gradOutsideVecs = np.zeros_like(outsideVectors)

    u_o = outsideVectors[outsideWordIdx]
    s = sigmoid(u_o @ centerWordVec)
    loss = -np.log(s)
    gradCenterVec = -(1 - s) * u_o
    gradOutsideVecs[outsideWordIdx] -= (1 - s) * centerWordVec

    # the same word may be negatively sampled multiple times!
    for k in negSampleWordIndices:
        u_k = outsideVectors[k]
        s_k = sigmoid(-u_k @ centerWordVec)
        loss -= np.log(s_k)
        gradCenterVec += (1 - s_k) * u_k
        gradOutsideVecs[k] += (1 - s_k) * centerWordVec

    return loss, gradCenterVec, gradOutsideVecs
