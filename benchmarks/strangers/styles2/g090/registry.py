_table = {}


def register(name):
    def deco(cls):
        _table[name] = (cls.f, cls.df)
        return cls
    return deco


def get(name):
    """get('relu') -> (function, derivative wrt. the input)"""
    return _table[name.lower()]
