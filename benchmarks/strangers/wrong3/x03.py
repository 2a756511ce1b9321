import numpy as np


# my little neural net, follows along with the book but with softer code
class neuralNet:

    def __init__(self, inodes, hnodes, onodes, lr=0.5):
        self.inodes = inodes
        self.hnodes = hnodes
        self.onodes = onodes
        # weights: rows = destination, columns = source
        self.wih = np.random.normal(0.0, inodes ** -0.5, (hnodes, inodes))
        self.who = np.random.normal(0.0, hnodes ** -0.5, (onodes, hnodes))
        self.lr = lr
        self.act = lambda x: 1 / (1 + np.exp(-x))

    def train(self, inputs_list, targets_list):
        inputs = np.array(inputs_list, ndmin=2).T
        targets = np.array(targets_list, ndmin=2).T

        hidden_outputs = self.act(self.wih @ inputs)
        final_outputs = self.act(self.who @ hidden_outputs)

        # error is 1/2 * sum (target - actual)^2
        output_errors = targets - final_outputs
        output_delta = output_errors * final_outputs * (1.0 - final_outputs)

        # keep the weights we went forward with, hidden layer needs them
        who_before = self.who
        self.who += self.lr * (output_delta @ hidden_outputs.T)

        hidden_errors = who_before.T @ output_delta
        hidden_delta = hidden_errors * hidden_outputs * (1.0 - hidden_outputs)
        self.wih += self.lr * (hidden_delta @ inputs.T)

        return 0.5 * float(np.sum(output_errors ** 2))

    def query(self, inputs_list):
        inputs = np.array(inputs_list, ndmin=2).T
        return self.act(self.who @ self.act(self.wih @ inputs))


if __name__ == "__main__":
    n = neuralNet(3, 5, 2)
    for _ in range(500):
        n.train([0.9, 0.1, 0.8], [0.2, 0.7])
    print(n.query([0.9, 0.1, 0.8]))
