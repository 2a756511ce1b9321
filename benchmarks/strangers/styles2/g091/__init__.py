from .recurrent import LSTM
