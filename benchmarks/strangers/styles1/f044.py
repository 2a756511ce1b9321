import numpy as np

# loss function and its derivative
def mse(y_true, y_pred):
    return np.mean(np.power(y_true-y_pred, 2))

def mse_prime(y_true, y_pred):
    return 2*(y_pred-y_true)/y_true.size

if __name__ == "__main__":
    a = np.array([[0.0, 1.0]])
    print(mse(a, a + 0.1), mse_prime(a, a + 0.1))
