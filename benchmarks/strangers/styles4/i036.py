# UFLDL softmax exercise, translated from my old MATLAB solution
# (data: one COLUMN per example, labels 1..k like in the original)
import numpy as np


def softmaxCost(theta, numClasses, inputSize, lambda_, data, labels):
    theta = theta.reshape(numClasses, inputSize, order='F')   # theta(:)
    numCases = data.shape[1]

    groundTruth = np.zeros((numClasses, numCases))
    groundTruth[labels.ravel() - 1, np.arange(numCases)] = 1

    M = theta @ data
    M = M - M.max(axis=0)
    h = np.exp(M)
    h = h / h.sum(axis=0)

    cost = -1.0 / numCases * np.sum(groundTruth * np.log(h)) \
           + lambda_ / 2 * np.sum(theta ** 2)
    thetagrad = -1.0 / numCases * (groundTruth - h) @ data.T + lambda_ * theta

    grad = thetagrad.ravel(order='F')
    return cost, grad


def softmaxTrain(inputSize, numClasses, lambda_, data, labels, maxIter=100):
    theta = 0.005 * np.random.randn(numClasses * inputSize)
    for it in range(maxIter):
        cost, grad = softmaxCost(theta, numClasses, inputSize, lambda_, data, labels)
        theta = theta - 0.5 * grad
    return theta, cost


if __name__ == '__main__':
    data = np.random.randn(8, 100)
    labels = np.argmax(data[:3], axis=0) + 1
    opttheta, cost = softmaxTrain(8, 3, 1e-4, data, labels)
    print('cost: %g' % cost)
