import numpy as np

def cofiCostFunc(params, Y, R, num_users, num_movies, num_features, lam):
    # Unfold the X and Theta matrices from params
    X = params[:num_movies*num_features].reshape(num_movies, num_features)
    Theta = params[num_movies*num_features:].reshape(num_users, num_features)

    err = (X.dot(Theta.T) - Y) * R          # only rated movies count
    J = 0.5 * np.sum(err**2)
    J += lam/2 * np.sum(Theta**2) + lam/2 * np.sum(X**2)

    X_grad = err.dot(Theta) + lam * X
    Theta_grad = err.T.dot(X) + lam * Theta

    return J, np.hstack((X_grad.ravel(), Theta_grad.ravel()))
