import numpy as np

def sigmoid(x):
  # Sigmoid activation function: f(x) = 1 / (1 + e^(-x))
  return 1 / (1 + np.exp(-x))

def deriv_sigmoid(x):
  # Derivative of sigmoid: f'(x) = f(x) * (1 - f(x))
  fx = sigmoid(x)
  return fx * (1 - fx)

def mse_loss(y_true, y_pred):
  # y_true and y_pred are numpy arrays of the same length.
  return ((y_true - y_pred) ** 2).mean()

class OurNeuralNetwork:
  '''
  A neural network with:
    - 2 inputs
    - a hidden layer with 2 neurons (h1, h2)
    - an output layer with 1 neuron (o1)
  '''
  def __init__(self):
    # Weights
    self.w1, self.w2, self.w3, self.w4, self.w5, self.w6 = np.random.normal(size=6)
    # Biases
    self.b1, self.b2, self.b3 = np.random.normal(size=3)

  def feedforward(self, x):
    h1 = sigmoid(self.w1 * x[0] + self.w2 * x[1] + self.b1)
    h2 = sigmoid(self.w3 * x[0] + self.w4 * x[1] + self.b2)
    return sigmoid(self.w5 * h1 + self.w6 * h2 + self.b3)

  def train_one(self, x, y_true, learn_rate=0.1):
    sum_h1 = self.w1 * x[0] + self.w2 * x[1] + self.b1
    h1 = sigmoid(sum_h1)
    sum_h2 = self.w3 * x[0] + self.w4 * x[1] + self.b2
    h2 = sigmoid(sum_h2)
    sum_o1 = self.w5 * h1 + self.w6 * h2 + self.b3
    y_pred = sigmoid(sum_o1)

    d_L_d_ypred = -2 * (y_true - y_pred)
    d_o1 = d_L_d_ypred * deriv_sigmoid(sum_o1)
    d_h1 = d_o1 * self.w5 * deriv_sigmoid(sum_h1)
    d_h2 = d_o1 * self.w6 * deriv_sigmoid(sum_h2)

    # --- Update weights and biases
    self.w1 -= learn_rate * d_h1 * x[0]
    self.w2 -= learn_rate * d_h1 * x[1]
    self.b1 -= learn_rate * d_h1
    self.w3 -= learn_rate * d_h2 * x[0]
    self.w4 -= learn_rate * d_h2 * x[1]
    self.b2 -= learn_rate * d_h2
    self.w5 -= learn_rate * d_o1 * h1
    self.w6 -= learn_rate * d_o1 * h2
    self.b3 -= learn_rate * d_o1
